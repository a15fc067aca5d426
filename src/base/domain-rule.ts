import { attempt } from './attempt.ts'

/** A domain, with an optional beginning of a path: `example.com/docs`. */
export interface DomainRule {
  /** In lower case and punycode, without the root's dot. */
  readonly host: string
  /** The texts between the `*` of the path. */
  readonly pieces: readonly string[]
}

/** Neither a scheme nor a login, port, query or `*`. */
const hostForm = /^[^\s/\\*@:?#%[\]]+$/u
const pathForm = /^[^\s?#\\]*$/u

/** `example.com.` is `example.com`. */
export const withoutRoot = (hostname: string): string => (hostname.endsWith('.') ? hostname.slice(0, -1) : hostname)

/** An escaped character: one of ASCII, or a run of others. */
const escapes = /%[0-7][0-9a-f]|(?:%[89a-f][0-9a-f])+/gi

/** Two paths with the same text lead to the same page of most servers. Other texts with `%` are valid in URLs. */
export const comparablePath = (pathname: string): string =>
  pathname
    .replaceAll(escapes, (escaped) => attempt(() => decodeURI(escaped)) ?? escaped)
    .replaceAll(/\/{2,}/g, '/')
    .toLowerCase()

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
