-- A streamed answer has at most one closing event, whoever writes first: its own instance, or the sweeper. Events of streams
-- carry the intent from here on.
CREATE UNIQUE INDEX audit_entry_stream_closed ON audit_entry (intent_id) WHERE kind = 'event' AND intent_id IS NOT NULL;
-- What the sweeper looks for: answers that an instance was streaming.
CREATE INDEX audit_entry_streaming ON audit_entry (instance_id, id) WHERE result = 'streaming';
