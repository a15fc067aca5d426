import { comparablePath, type DomainRule, parseDomainRule, withoutRoot } from '../base/domain-rule.ts'

/** Rules like `example.com/docs`: which results may be shown (WS-44). */

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

interface HostedText {
  readonly text: string
  readonly host: string
}

/** Parses each rule once: lists may be long, and each search compares two of them. */
const hostedTexts = (texts: readonly string[]): HostedText[] =>
  texts.map((text) => ({ text, host: parseDomainRule(text)?.host ?? '' }))

/** The rules whose host is within one of the others. */
const textsWithin = (inner: readonly HostedText[], outer: readonly HostedText[]): string[] =>
  inner.filter(({ host }) => outer.some((one) => isWithin(host, one.host))).map(({ text }) => text)

/** The hosts of rules, each once: without their paths, they allow more. */
export const hostsOf = (texts: readonly string[]): string[] => [...new Set(parseRules(texts).map(({ host }) => host))]

/** The hosts that are blocked as a whole. */
export const wholeHostsOf = (texts: readonly string[]): string[] =>
  hostsOf(texts.filter((text) => parseDomainRule(text)?.pieces.join('*') === ''))

/**
 * What a provider gets of the lists: no result that passes the filter is missing from it, but others may be in it. Of
 * two lists of allowed domains, those of one that are within a domain of the other.
 */
export const joinDomainLists = (request: DomainLists, own: DomainLists): DomainLists => {
  const blockedDomains = [...new Set([...request.blockedDomains, ...own.blockedDomains])]
  const [ours, theirs] = [own.allowedDomains, request.allowedDomains]
  if (ours.length === 0 || theirs.length === 0) return { allowedDomains: [...theirs, ...ours], blockedDomains }
  const [ourHosts, theirHosts] = [hostedTexts(ours), hostedTexts(theirs)]
  const withinOurs = textsWithin(theirHosts, ourHosts)
  const withinTheirs = textsWithin(ourHosts, theirHosts)
  return { allowedDomains: [...new Set([...withinOurs, ...withinTheirs])], blockedDomains }
}
