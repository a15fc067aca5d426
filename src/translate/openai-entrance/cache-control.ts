import type { Json } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import type { CacheControl } from '../../wire/anthropic/content.ts'
import { objectAt } from './members.ts'
import { refusal } from './refusal.ts'

/** OpenAI's longer lifetime of a breakpoint; Anthropic's longest is an hour. Its shorter one, `30m`, has no equivalent. */
const longBreakpoint = '12h'

const readCacheControl = (holder: Json, path: Path): CacheControl | undefined => {
  const control = objectAt(holder, 'cache_control', path)
  if (control === undefined) return undefined
  const place = [...path, 'cache_control']
  const { type, ttl } = control
  if (type !== 'ephemeral') throw refusal('invalid_value', [...place, 'type'], "expected 'ephemeral'")
  if (ttl === undefined || ttl === null) return { type }
  if (ttl !== '5m' && ttl !== '1h') throw refusal('invalid_value', [...place, 'ttl'], "expected '5m' or '1h'")
  return { type, ttl }
}

const readBreakpoint = (holder: Json, path: Path): CacheControl | undefined => {
  const breakpoint = objectAt(holder, 'prompt_cache_breakpoint', path)
  if (breakpoint?.['mode'] !== 'explicit') return undefined
  return breakpoint['ttl'] === longBreakpoint ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' }
}

/**
 * The cache marker of a part, a message, a call or a tool, in Anthropic's form or in OpenAI's (OE-C70). Throws a 400
 * that names the path.
 */
export const toCacheControl = (holder: Json, path: Path): CacheControl | undefined =>
  readCacheControl(holder, path) ?? readBreakpoint(holder, path)
