import type { Path } from '../../base/path.ts'
import { longerLived } from '../../messages/cache-control.ts'
import type { CacheControl } from '../../wire/anthropic/content.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { ChatContext, ChatTurn } from './context.ts'

/** The limit of Anthropic, which gateways to its models apply, and of OpenAI. */
const maximumMarkers = 4

/** What may have a cache marker: a tool, a part of the system message, a block. */
export interface Marked {
  readonly path: Path
  marker?: CacheControl | undefined
}

/** Automatic caching: a marker at the top of the request means one at the end of the conversation. */
export const markEnd = (
  request: MessagesRequest,
  turns: readonly ChatTurn[],
  { dialect, notes }: ChatContext,
): void => {
  const control = dialect.cache === 'drop' ? undefined : request.cache_control
  if (!control) return
  const last = turns.at(-1)?.units.at(-1)
  if (last === undefined) notes.dropped(['cache_control'], 'cache marker with nothing before it')
  else last.marker = longerLived(last.marker, control)
}

/**
 * Removes unsupported markers: those of assistant turns; with OpenAI's breakpoints, those of tools; and the first ones
 * over the limit (OU-Q111, Q112).
 */
export const limitMarkers = (
  tools: readonly Marked[],
  system: readonly Marked[],
  turns: readonly ChatTurn[],
  { dialect, notes }: ChatContext,
): void => {
  if (dialect.cache === 'drop') return
  const placed: Marked[] = []
  const remove = (marked: Marked, why: string): void => {
    delete marked.marker
    notes.dropped(marked.path, why)
  }
  const collect = (list: readonly Marked[], isPossible: boolean): void => {
    for (const marked of list) {
      if (marked.marker === undefined) continue
      if (isPossible) placed.push(marked)
      else remove(marked, 'cache marker in a position that the provider does not support')
    }
  }
  collect(tools, dialect.cache === 'anthropic')
  collect(system, true)
  for (const { role, units } of turns) collect(units, role === 'user')
  for (const marked of placed.slice(0, -maximumMarkers))
    remove(marked, `cache marker over the limit of ${maximumMarkers}`)
}
