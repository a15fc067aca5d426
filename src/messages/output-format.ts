import type { MessagesRequest, OutputFormat } from '../wire/anthropic/request.ts'

/** Returns the schema for structured output from either of the two fields that clients use. */
export const outputFormatOf = (
  request: Pick<MessagesRequest, 'output_config' | 'output_format'>,
): OutputFormat | undefined => request.output_config?.format ?? request.output_format ?? undefined

/** For the system prompt of a model that accepts no schema. `schema`: as JSON. */
export const formatInstruction = (schema: string): string =>
  `Answer with nothing but one JSON value that matches this JSON schema:\n${schema}`
