import type { RequestRecord, TokenFigures } from '../request-record.ts'

/** Figures of a record that several observers report in the same way. */

/** Everything that the client sent, also the part from a cache (AU-U3). */
export const allInputTokens = (usage: TokenFigures): number =>
  usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens

/** The client's name of the model, or the upstream's. */
export const modelOf = ({ model, used }: RequestRecord): string => model ?? used ?? 'unknown'

const messagesPath = '/v1/messages'

/** Whether the client requested an answer of a model, also if it was refused at once: not a count, not a list. */
export const isConversation = ({ operation, path }: RequestRecord): boolean =>
  operation === 'message' || (operation === undefined && path === messagesPath)
