/** Rules like `example.com/docs`: which results may be shown (WS-44). */

interface DomainRule {
  /** In lower case and punycode, without the root's dot. */
  readonly host: string
  /** The texts between the `*` of the path. */
  readonly pieces: readonly string[]
}

/** Neither a scheme nor a login, port, query or `*`. */
const hostForm = /^[^\s/\\*@:?#%[\]]+$/u
const pathForm = /^[^\s?#\\]*$/u

const withoutRoot = (hostname: string): string => (hostname.endsWith('.') ? hostname.slice(0, -1) : hostname)

/** Two paths with the same text lead to the same page of most servers. */
const comparablePath = (pathname: string): string => {
  try {
    return decodeURI(pathname)
      .replaceAll(/\/{2,}/g, '/')
      .toLowerCase()
  } catch {
    // `%` without digits is valid in URLs.
    return pathname.replaceAll(/\/{2,}/g, '/').toLowerCase()
  }
}

/** Returns undefined for a text that is not a domain with an optional path. */
export const parseDomainRule = (text: string): DomainRule | undefined => {
  const slash = text.indexOf('/')
  const [host, path] = slash === -1 ? [text, ''] : [text.slice(0, slash), text.slice(slash)]
  if (!hostForm.test(host) || !pathForm.test(path)) return undefined
  const url = URL.parse(`https://${host}${path}`)
  if (url === null || withoutRoot(url.hostname) === '') return undefined
  const { hostname, pathname } = url
  return { host: withoutRoot(hostname), pieces: path === '' ? [''] : comparablePath(pathname).split('*') }
}

const parseRules = (texts: readonly string[]): DomainRule[] =>
  texts.map(parseDomainRule).filter((rule) => rule !== undefined)

/** `docs.example.com` is within `example.com`, and so is `example.com`. */
const isWithin = (host: string, outer: string): boolean => host === outer || host.endsWith(`.${outer}`)

/** A path ends where a name ends: `/docs` is not the beginning of `/docs-old`. */
const endsName = (path: string, end: number): boolean =>
  end === path.length || path[end] === '/' || path[end - 1] === '/'

/** Looks for one piece after the other: the time grows with the length of the path alone. */
const fitsPath = (path: string, pieces: readonly string[]): boolean => {
  const [first = '', ...others] = pieces
  if (!path.startsWith(first)) return false
  const last = others.pop()
  if (last === undefined) return first === '' || endsName(path, first.length)
  let at = first.length
  for (const piece of others) {
    const found = path.indexOf(piece, at)
    if (found === -1) return false
    at = found + piece.length
  }
  // A `*` at the end fits any rest.
  if (last === '') return true
  for (let found = path.indexOf(last, at); found !== -1; found = path.indexOf(last, found + 1))
    if (endsName(path, found + last.length)) return true
  return false
}

const fits = (host: string, path: string, rule: DomainRule): boolean =>
  isWithin(host, rule.host) && fitsPath(path, rule.pieces)

/** Two lists: those of a request, or those of the configuration. */
export interface DomainLists {
  /** Empty: all domains. */
  readonly allowedDomains: readonly string[]
  readonly blockedDomains: readonly string[]
}

/** Returns whether a URL may be shown: every list must allow it. */
export const createDomainFilter = (...lists: readonly DomainLists[]): ((url: URL) => boolean) => {
  const filters = lists.map(({ allowedDomains, blockedDomains }) => ({
    allowsAll: allowedDomains.length === 0,
    allowed: parseRules(allowedDomains),
    blocked: parseRules(blockedDomains),
  }))
  return ({ hostname, pathname }) => {
    const host = withoutRoot(hostname)
    const path = comparablePath(pathname)
    const fitsOne = (rules: readonly DomainRule[]): boolean => rules.some((rule) => fits(host, path, rule))
    return filters.every(({ allowsAll, allowed, blocked }) => !fitsOne(blocked) && (allowsAll || fitsOne(allowed)))
  }
}

const hostOf = (text: string): string => parseDomainRule(text)?.host ?? ''

/**
 * What a provider gets of the lists: no result that passes the filter is missing from it, but others may be in it. Of
 * two lists of allowed domains, those of one that are within a domain of the other.
 */
export const joinDomainLists = (request: DomainLists, own: DomainLists): DomainLists => {
  const blockedDomains = [...new Set([...request.blockedDomains, ...own.blockedDomains])]
  const [ours, theirs] = [own.allowedDomains, request.allowedDomains]
  if (ours.length === 0 || theirs.length === 0) return { allowedDomains: [...theirs, ...ours], blockedDomains }
  const withinOurs = theirs.filter((text) => ours.some((outer) => isWithin(hostOf(text), hostOf(outer))))
  const withinTheirs = ours.filter((text) => theirs.some((outer) => isWithin(hostOf(text), hostOf(outer))))
  return { allowedDomains: [...new Set([...withinOurs, ...withinTheirs])], blockedDomains }
}
