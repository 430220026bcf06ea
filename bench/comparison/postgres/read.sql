\set citizen random(:budgets + 1, :budgets + :citizens)
SELECT points FROM account WHERE number = :citizen;
