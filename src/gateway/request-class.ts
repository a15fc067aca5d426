import type { RequestClass } from './request-record.ts'

/** Members of a request, which may be anything: a forwarded request is not checked. */
interface Prompts {
  readonly system?: unknown
  readonly messages?: unknown
}

const systemPromptsIn = (system: unknown): number => {
  if (Array.isArray(system)) return system.length
  return typeof system === 'string' ? 1 : 0
}

/**
 * Claude Code's small requests have one system prompt, its turns have more (AU-U2). Counts the blocks of `system`, and the
 * messages with the role `system`. Undefined for a request without any.
 */
export const requestClassOf = ({ system, messages }: Prompts): RequestClass | undefined => {
  let count = systemPromptsIn(system)
  if (Array.isArray(messages)) for (const message of messages) if (message?.role === 'system') count += 1
  if (count === 0) return undefined
  return count === 1 ? 'query_evaluation' : 'inference'
}
