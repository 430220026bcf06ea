\set budget random(1, :budgets)
\set citizen random(:budgets + 1, :budgets + :citizens)
WITH entered AS (
  INSERT INTO award (caller, request, digest, budget, citizen, points, scenario, act_time)
    VALUES (1, lpad(to_hex(nextval('request_number')), 32, '0')::uuid,
            decode(repeat('5a', 32), 'hex'), :budget, :citizen, 27, 'metro_ride', now())
    ON CONFLICT (caller, request) DO NOTHING RETURNING entry
), earned AS (
  UPDATE account SET points = points + 27 FROM entered WHERE number = :citizen
    RETURNING points AS balance
), paid AS (
  UPDATE account SET points = points - 27 FROM entered WHERE number = :budget
)
SELECT entry, balance FROM entered, earned;
