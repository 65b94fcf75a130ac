package scan

import "strings"

// The fields of an event that a source can fill, in the order in which they are chosen and told.
const (
	FieldTime        = "time"
	FieldID          = "id"
	FieldStream      = "stream"
	FieldType        = "type"
	FieldVersion     = "version"
	FieldSequence    = "sequence"
	FieldRecorded    = "recorded"
	FieldCorrelation = "correlation"
	FieldCausation   = "causation"
	FieldData        = "data"
	FieldMetadata    = "metadata"
)

// Fields lists them all.
func Fields() []string {
	return []string{FieldTime, FieldID, FieldStream, FieldType, FieldVersion, FieldSequence, FieldRecorded, FieldCorrelation,
		FieldCausation, FieldData, FieldMetadata}
}

// candidate is a name under which a field is often found. A dot leads into an object.
type candidate struct {
	name  string
	guess bool // taken only for want of a better one, and said to be a guess
}

// plain turns words into candidates.
func plain(words string) []candidate { return list(words, false) }

// guesses turns words into candidates that are guesses.
func guesses(words string) []candidate { return list(words, true) }

func list(words string, guess bool) []candidate {
	var all []candidate
	for _, w := range strings.Fields(words) {
		all = append(all, candidate{normal(w), guess})
	}
	return all
}

// candidates are the names of a field, best first.
func candidates(field string) []candidate {
	switch field {
	case FieldTime:
		return append(plain("time:timestamp time_nano occurred_at event_time event_timestamp valid_at timestamp time ts @timestamp created_at date"),
			guesses(`datetime date_time at create_time log_append_time published logged_at date_create requestReceivedTimestamp start_time started_at timestamp_ms ts_ms _SOURCE_REALTIME_TIMESTAMP
			__REALTIME_TIMESTAMP derived_tstamp dvce_created_tstamp collector_tstamp last_timestamp first_timestamp write_timestamp
			updated_at updated created recorded_at inserted_at ingested_at stored_at metadata.timestamp meta.timestamp
			metadata.creationTimestamp`)...)
	case FieldID:
		return append(plain("id event_id uuid message_id eventID _id audit_id event_identifier"),
			guesses("__CURSOR document_id $insert_id metadata.uid")...)
	case FieldStream:
		all := plain(`case:concept:name stream_id stream stream_name stream_uuid aggregate_id aggregate_identifier persistence_id entity_id
			case_id issue_id session_id trace_id key subject`)
		all = append(all, guesses(`entity aggregate order_id account_id customer_id device_id job_id task_id run_id workflow_id execution_id ticket_id
			_SYSTEMD_UNIT`)...)
		all = append(all, plain("host hostname user")...)
		return append(all, guesses(`aggregate.id entity.id repo.name repository.full_name repository.name involvedObject.name objectRef.name
			object.id resource.id subject.id order.id account.id customer.id issue.id project.id data.object.id impersonatedUser.username
			user.username user.login user.id user.name actor.login actor.id actor.name userIdentity.arn userIdentity.principalId
			host.name source.table source.collection pk partition_key anonymous_id user_id username account account_number iban customer order device sensor`)...)
	case FieldType:
		return append(plain("concept:name payload_type type event_type message_type detail_type event name action kind verb op activity event_ser_manifest"),
			guesses(`event_name op_type operation method category topic reason event.action event.type status stage`)...)
	case FieldVersion:
		return plain("version stream_version aggregate_version sequence_number sequence position stream_position revision event_number")
	case FieldSequence:
		return plain("global_position global_index seq_id ordering offset seq position sequence sequence_number")
	case FieldRecorded:
		return plain("recorded_at recorded_time stored_at created created_at inserted_at ingested_at stageTimestamp")
	case FieldCorrelation:
		return append(plain(`correlation_id $correlationId metadata.$correlationId metadata.correlation_id meta.correlation_id
			headers.correlation_id`), guesses("request_id trace_id")...)
	case FieldCausation:
		return plain(`causation_id parent_id cause caused_by $causationId metadata.$causationId metadata.causation_id
			meta.causation_id headers.causation_id`)
	case FieldData:
		return append(plain("data payload body detail extra event_data event_payload message_data"), guesses("value message @message jsonPayload")...)
	case FieldMetadata:
		return plain("metadata meta headers event_metadata message_metadata")
	}
	return nil
}

// within are the plain names of a field inside what may be the payload, as guesses.
func within(names string) []candidate {
	var all []candidate
	for _, data := range candidates(FieldData) {
		for _, name := range plain(names) {
			all = append(all, candidate{data.name + "/" + name.name, true})
		}
	}
	return all
}

// The names of what happened, and of what it happened to, where a payload says so.
const (
	typesWithin   = "type event_type event kind action"
	streamsWithin = `stream_id aggregate_id entity_id case_id order_id account_id customer_id device_id job_id task_id run_id workflow_id ticket_id
		session_id user_id`
)

// Telling reports whether a name is one by which a time, a stream or a type goes.
func Telling(name string) bool {
	name = normal(name)
	for _, field := range []string{FieldTime, FieldStream, FieldType} {
		for _, c := range candidates(field) {
			if c.name == name {
				return true
			}
		}
	}
	return false
}

// normal is a name without case and separators: event_type, eventType and "Event Type" are one. A dot, which leads into an
// object, becomes a slash.
func normal(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	for _, c := range []byte(name) {
		switch {
		case c == '_' || c == '-' || c == ' ' || c == ':':
		case c == '.':
			b.WriteByte('/')
		case c >= 'A' && c <= 'Z':
			b.WriteByte(c | 0x20)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
