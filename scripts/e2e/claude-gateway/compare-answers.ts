import { type Probe, probes, type Side } from './probes.ts'

/**
 * Compares the answers of this server with those of Anthropic's own gateway. Whatever its answers have, ours must have:
 * the status, the headers that a client reads, and all members, with the same types. Ours may have more.
 */

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** The status of each answer where the two differ. */
export interface Difference {
  readonly name: string
  readonly ours: number
  readonly theirs: number
}

/** The known differences. docs/sign-in.md gives the reasons. */
export const knownDifferences: readonly Difference[] = [
  // No member `scopes_supported`: there is no identity provider.
  { name: 'metadata', ours: 200, theirs: 200 },
  { name: 'device, JSON', ours: 400, theirs: 200 },
  { name: 'device, GET', ours: 405, theirs: 401 },
  { name: 'device, 20 KB', ours: 413, theirs: 200 },
  { name: 'device, of a web page', ours: 403, theirs: 200 },
  { name: 'token, too early', ours: 400, theirs: 429 },
  { name: 'revoke, unknown token', ours: 200, theirs: 401 },
  { name: 'settings, POST', ours: 405, theirs: 200 },
  { name: 'usage, POST', ours: 405, theirs: 404 },
  { name: 'metrics, GET', ours: 405, theirs: 404 },
  { name: 'metrics, 9 MB', ours: 413, theirs: 200 },
]

const comparedHeaders: ReadonlySet<string> = new Set([
  'cache-control',
  'content-type',
  'etag',
  'retry-after',
  'x-should-retry',
])
/** They differ for each server and moment. */
const varyingHeaders: ReadonlySet<string> = new Set(['etag', 'retry-after'])

const headersOf = (headers: Headers): Answer['headers'] =>
  Object.fromEntries(
    [...headers]
      .filter(([name]) => comparedHeaders.has(name) || name.startsWith('anthropic-ratelimit-'))
      .map(([name, value]) => [name, varyingHeaders.has(name) ? '' : (value.split(';')[0] ?? '').toLowerCase()]),
  )

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const answerOf = async ({ path, init }: Probe, side: Side): Promise<Answer> => {
  const response = await fetch(side.url + path, { redirect: 'manual', ...(await init?.(side)) })
  return { status: response.status, headers: headersOf(response.headers), body: parsed(await response.text()) }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The settings are the owner's, and an error's word is part of the protocol. */
const areData: ReadonlySet<string> = new Set(['settings'])
const areWords: ReadonlySet<string> = new Set(['error', 'type', 'kind', 'group', 'severity', 'token_type'])

/** Whether a value has all members of another one, with the same types. */
export const covers = (ours: unknown, theirs: unknown, name = ''): boolean => {
  if (theirs === null) return ours !== undefined
  if (areData.has(name)) return isObject(ours) && isObject(theirs)
  if (Array.isArray(theirs))
    return Array.isArray(ours) && (theirs.length === 0 || ours.length === 0 || covers(ours[0], theirs[0]))
  if (isObject(theirs))
    return isObject(ours) && Object.entries(theirs).every(([member, value]) => covers(ours[member], value, member))
  if (areWords.has(name)) return ours === theirs
  return typeof ours === typeof theirs
}

const isAlike = (ours: Answer, theirs: Answer): boolean =>
  ours.status === theirs.status &&
  Object.entries(theirs.headers).every(([name, value]) => ours.headers[name] === value) &&
  covers(ours.body, theirs.body)

/** `settle` waits until a server has booked what its last answer used. */
export const compareAnswers = async (
  ours: Side,
  theirs: Side,
  settle: (side: Side, probe: string) => Promise<void>,
): Promise<Difference[]> => {
  const differences: Difference[] = []
  for (const probe of probes) {
    const { name } = probe
    const [own, other] = [await answerOf(probe, ours), await answerOf(probe, theirs)]
    if (!isAlike(own, other)) differences.push({ name, ours: own.status, theirs: other.status })
    for (const side of [ours, theirs]) await settle(side, name)
  }
  return differences
}
