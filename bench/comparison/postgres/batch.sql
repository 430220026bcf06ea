SELECT award_many(1, array_agg(request), array_agg(digest), array_agg(budget), array_agg(citizen),
                  array_agg(points), array_agg(scenario))
FROM (SELECT lpad(to_hex(nextval('request_number')), 32, '0')::uuid AS request,
             decode(repeat('5a', 32), 'hex') AS digest,
             1 + floor(random() * :budgets)::bigint AS budget,
             1 + :budgets + floor(random() * :citizens)::bigint AS citizen,
             27::bigint AS points, 'metro_ride'::text AS scenario
      FROM generate_series(1, :batch)) AS asked;
