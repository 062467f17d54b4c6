-- In which order Notion checks: an operation is here if it was refused for lack of a capability although what it named
-- cannot exist. Then "not found" for the same thing means that the connection has the capability. One row for each
-- operation of a Notion (origin), whichever connection showed it; nothing of a workspace is in it.
CREATE TABLE capability_checked_first (
  origin text NOT NULL,
  operation text NOT NULL,
  shown_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (origin, operation)
);
GRANT SELECT, INSERT ON capability_checked_first TO portcullis_system;
