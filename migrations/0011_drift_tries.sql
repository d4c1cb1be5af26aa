-- attempts grows with every claim and every question, so that whoever held a check before can be told from whoever holds it now. How often
-- it was begun since it was asked for is another number: a check that is asked for again has all its tries again.
ALTER TABLE drift_run ADD COLUMN tries integer NOT NULL DEFAULT 0;
