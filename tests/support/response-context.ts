import type { ResponseContext } from '../../src/translate/converse-to-anthropic/response-context.ts'

/** The request that a response is translated for, with the members that a test adds. */
export const responseContext = (members: Partial<ResponseContext> = {}): ResponseContext => ({
  model: 'claude-sonnet-4-6',
  isPrewarm: false,
  takesInvalidInput: false,
  toClientToolName: (name) => name,
  usedToolUseIds: () => new Set(),
  keepsCitations: { documents: false, searchResults: false },
  joinsTexts: false,
  documents: [],
  searchResults: [],
  stopSequences: [],
  hourShare: () => 0,
  ...members,
})

/** Ids that count from 1. */
export const countingIds = (): ((prefix: string) => string) => {
  let count = 0
  return (prefix) => {
    count += 1
    return `${prefix}${count}`
  }
}
