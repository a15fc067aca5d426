/** The kinds of paths, for figures: a fixed list, because a client may invent paths (OP-M3). */
export type Endpoint =
  | 'messages'
  | 'count_tokens'
  | 'models'
  | 'chat_completions'
  | 'responses'
  | 'embeddings'
  | 'batches'
  | 'files'
  | 'health'
  | 'other'

/** The parts of a path that decide, most specific first. OpenAI's API has the same paths below several prefixes. */
const patterns: readonly (readonly [RegExp, Endpoint])[] = [
  [/^\/v1\/messages\/batches(?:\/|$)/, 'batches'],
  [/^\/v1\/messages\/count_tokens$/, 'count_tokens'],
  [/^\/v1\/messages$/, 'messages'],
  [/^(?:\/openai)?(?:\/v1)?\/chat\/completions$/, 'chat_completions'],
  [/^(?:\/openai)?(?:\/v1)?\/responses\/input_tokens$/, 'count_tokens'],
  [/^(?:\/openai)?(?:\/v1)?\/responses(?:\/|$)/, 'responses'],
  [/^(?:\/openai)?(?:\/v1)?\/embeddings$/, 'embeddings'],
  [/^(?:\/openai)?(?:\/v1)?\/models(?:\/|$)/, 'models'],
  [/^(?:\/openai)?(?:\/v1)?\/batches(?:\/|$)/, 'batches'],
  [/^(?:\/openai)?(?:\/v1)?\/files(?:\/|$)/, 'files'],
  [/^\/(?:health|healthz|ready|readyz)$/, 'health'],
]

/** The paths that most requests have. */
const usual: ReadonlyMap<string, Endpoint> = new Map([
  ['/v1/messages', 'messages'],
  ['/v1/messages/count_tokens', 'count_tokens'],
  ['/v1/responses', 'responses'],
  ['/v1/chat/completions', 'chat_completions'],
])

/** The router ignores a slash at the end. */
const withoutSlash = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path)

export const endpointOf = (path: string): Endpoint =>
  usual.get(path) ?? patterns.find(([pattern]) => pattern.test(withoutSlash(path)))?.[1] ?? 'other'
