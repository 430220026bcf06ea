-- The same award as ours in PostgreSQL: a row of the ledger, whose caller and request id are its
-- idempotency key, and the balances of a budget and of a citizen. Accounts 1 to :budgets are
-- budgets, which never go below zero; then come :citizens citizens.
CREATE TABLE account (
  number bigint PRIMARY KEY,
  points bigint NOT NULL CHECK (points >= 0)
) WITH (fillfactor = 80);  -- room for new versions of a row beside the old one
INSERT INTO account
  SELECT number, CASE WHEN number <= :budgets THEN 1000000000000 ELSE 0 END
  FROM generate_series(1, :budgets + :citizens) AS number;

CREATE TABLE award (
  entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  caller integer NOT NULL,
  request uuid NOT NULL,
  digest bytea NOT NULL,  -- of what was asked for, 32 bytes: the same id must ask for the same
  budget bigint NOT NULL,
  citizen bigint NOT NULL,
  points bigint NOT NULL CHECK (points > 0),
  scenario text NOT NULL,
  act_time timestamptz NOT NULL,
  record_time timestamptz NOT NULL DEFAULT now(),
  UNIQUE (caller, request)
);

-- Request ids that rise, as ours by time. Each session takes a thousand at a time.
CREATE SEQUENCE request_number CACHE 1000;

-- Each balance changes once, in order of its number: calls that meet wait for one another, never
-- in a circle.
CREATE FUNCTION award_many(caller_no integer, requests uuid[], digests bytea[], budgets bigint[],
                           citizens bigint[], amounts bigint[], scenarios text[]) RETURNS bigint
LANGUAGE sql AS $$
  WITH entered AS (
    INSERT INTO award (caller, request, digest, budget, citizen, points, scenario, act_time)
      SELECT caller_no, asked.*, now()
      FROM unnest(requests, digests, budgets, citizens, amounts, scenarios) AS asked
      ON CONFLICT (caller, request) DO NOTHING
      RETURNING budget, citizen, points
  ), change AS (
    SELECT number, sum(points) AS points
      FROM (SELECT citizen AS number, points FROM entered
            UNION ALL SELECT budget, -points FROM entered) AS moved
      GROUP BY number
  ), held AS MATERIALIZED (
    SELECT account.number, change.points
      FROM account JOIN change USING (number) ORDER BY account.number FOR UPDATE OF account
  ), booked AS (
    UPDATE account SET points = account.points + held.points
      FROM held WHERE account.number = held.number
  )
  SELECT count(*) FROM entered
$$;
ANALYZE account;
