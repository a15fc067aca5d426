/** The parts of a refusal that quote its request: names of tools, ids, unknown members. */
const quotes: readonly RegExp[] = [
  // Bedrock's messages.
  /(?<=^The tool ).+(?= (?:is already defined )?at toolConfig)/s,
  /(?<=for the following Ids: ).+/s,
  /(?<=#).*(?=: extraneous key )/s,
  /(?<=(?:: extraneous key|must be set, found) \[).*(?=\])/s,
  /(?<=(?:Input tag|property) ').*(?=' (?:found|is))/s,
  /(?<=errors: ).*(?=: Extra inputs)/s,
  /(?<="thinking\.type\.).*(?=")/s,
  // Messages of OpenAI and compatible servers.
  /(?<=^(?:Unrecognized request argument supplied|Extra inputs are not permitted): ).+/s,
  /(?<=unknown field ).+/s,
  /(?<=^Failed to deserialize the JSON body into the target type: ).*(?=: unknown field)/s,
  /(?<=^Unknown parameter: ').+(?='\.$)/s,
  /(?<=^Invalid value: ').*(?='\. Supported values are)/s,
  /(?<=^Tool choice ').*(?=' not found)/s,
  /(?<=^Invalid schema for (?:function|response_format) ).+/s,
  /(?<=^(?:Invalid parameter: 'tool_call_id'|Duplicate value for '(?:tool_call_id|id)') of ').*(?=' (?:not found in|in message))/s,
  /(?<=did not have response messages: ).+/s,
  /(?<=^Tool call id was ).*(?= but must be)/s,
  /(?<=moonshot flavored json schema, details: ).+/s,
  /(?<=^(?:The model `|model "|Not found the model |Invalid model: )).+/s,
  /^.+(?= is not a valid model ID$)/s,
  /(?<=got unsupported MIME type ').*(?='\.$)/s,
  // Anthropic's messages.
  /^.*(?=: Extra inputs are not permitted$)/s,
  /(?<=^Tool ').*(?=' not found in provided tools$)/s,
  /(?<=blocks immediately after: ).*(?=\. Each `tool_use`)/s,
  /(?<=found in `tool_result` blocks: ).*(?=\. Each `tool_result`)/s,
  /(?<=`tool_result` blocks with id: ).+/s,
  /(?<=^model: ).+/s,
  /(?<=^(?:File|Skill|Message Batch) not found: ).+/s,
  /(?<=^anthropic-version: ").*(?=" is not)/s,
  /(?<=^Unexpected value\(s\) `).*(?=` for the `anthropic-beta`)/s,
  /(?<=^Unsupported grant_type: ).+/s,
  /(?<=^Client with id ).*(?= not found$)/s,
]

/** Removes everything that a refusal quotes from the request. */
export const withoutQuotes = (refusal: string): string =>
  quotes.reduce((words, quote) => words.replace(quote, '...'), refusal)
