-- A training run may be ended by whoever may start one. Its trainer sees that at its next report and stops; nothing is registered.
ALTER TABLE training_run
  DROP CONSTRAINT training_run_state_check,
  ADD CONSTRAINT training_run_state_check CHECK (state IN ('pending', 'running', 'succeeded', 'failed', 'cancelled'));
