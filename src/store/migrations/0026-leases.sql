-- Every round looks for leases that ran out: the idle connections, however many, are not to be looked through for them.
CREATE INDEX connection_lease ON connection (lease_until) WHERE status IN ('refreshing', 'suspect');
