/** What a refusal quotes of its request: names of tools, ids, unknown members. */
const quotes: readonly RegExp[] = [
  // Bedrock's words.
  /(?<=^The tool ).+(?= (?:is already defined )?at toolConfig)/s,
  /(?<=for the following Ids: ).+/s,
  /(?<=#).*(?=: extraneous key )/s,
  /(?<=(?:: extraneous key|must be set, found) \[).*(?=\])/s,
  /(?<=(?:Input tag|property) ').*(?=' (?:found|is))/s,
  /(?<=errors: ).*(?=: Extra inputs)/s,
  /(?<="thinking\.type\.).*(?=")/s,
  // Words of OpenAI, and of servers that are compatible with it.
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
]

/** The words of a refusal without anything that the request said. */
export const withoutQuotes = (refusal: string): string =>
  quotes.reduce((words, quote) => words.replace(quote, '...'), refusal)
