import type { MessagesRequest, OutputFormat } from '../wire/anthropic/request.ts'

/** Structured output: the schema that the client wants the answer to match, in either of the places that clients use. */
export const outputFormatOf = (request: MessagesRequest): OutputFormat | undefined =>
  request.output_config?.format ?? request.output_format ?? undefined

/** For the system prompt, where a model takes no schema. `schema`: as JSON. */
export const formatInstruction = (schema: string): string =>
  `Answer with nothing but one JSON value that matches this JSON schema:\n${schema}`
