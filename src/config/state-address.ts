import { attempt } from '../base/attempt.ts'
import { bracketed, unbracketed } from '../base/brackets.ts'
import { Secret } from '../base/secret.ts'
import { UsageError } from '../base/usage-error.ts'
import type { Config } from './load.ts'
import { isSecretText } from './settings/setting-names.ts'

/** The Redis that `state.url` names (OP-R6). No message contains the login. */

export interface StateAddress {
  readonly isTls: boolean
  /** Without brackets. */
  readonly hostname: string
  readonly port: number
  /** Of a Unix socket, instead of host and port. */
  readonly path: string | undefined
  readonly login: { readonly user: string; readonly password: Secret } | undefined
  readonly database: number
  /** For users. */
  readonly withoutLogin: string
}

interface Scheme {
  readonly isTls?: boolean
  readonly isSocket?: boolean
}

const schemes: ReadonlyMap<string, Scheme> = new Map([
  ['redis:', {}],
  ['valkey:', {}],
  ['rediss:', { isTls: true }],
  ['valkeys:', { isTls: true }],
  ['redis+tls:', { isTls: true }],
  ['redis+unix:', { isSocket: true }],
])

const example = 'redis://user:password@host:6379/0'
const usualPort = 6379
const usualUser = 'default'

const fault = (sentence: string): UsageError => new UsageError(`state.url ${sentence}`)

const schemeOf = (text: string): string => {
  const scheme = /^[a-z][a-z0-9+.-]*:(?=\/\/)/i.exec(text)?.[0].toLowerCase()
  if (scheme === undefined) throw fault(`is not an address. Write one like ${example}, or memory for no Redis.`)
  if (schemes.has(scheme)) return scheme
  throw fault(
    `begins with ${scheme}//. Use redis:// or valkey://, with TLS rediss:// or valkeys://, and for a Unix socket redis+unix://.`,
  )
}

/** Such a character ends the login, so the rest of it looks like a host or a path. */
const encodeFirst = 'Percent-encode special characters of the user and the password, such as @ as %40 and / as %2F.'

const urlOf = (text: string): URL => {
  const url = attempt(() => new URL(text))
  if (url === undefined) throw fault(`is not an address. ${encodeFirst} Write it like ${example}.`)
  if (url.search === '' && url.hash === '') return url
  throw fault(`has a part behind ? or #, which has no meaning there. Remove it. ${encodeFirst}`)
}

const decoded = (text: string): string => {
  const plain = attempt(() => decodeURIComponent(text))
  if (plain === undefined) throw fault(`has a % without two hexadecimal digits. Write it as %25. ${encodeFirst}`)
  return plain
}

const loginOf = ({ username, password }: URL): StateAddress['login'] => {
  if (username === '' && password === '') return undefined
  if (password === '') throw fault('has a user without a password. Write redis://:password@host for a password alone.')
  return { user: decoded(username) || usualUser, password: new Secret(decoded(password)) }
}

const databaseOf = ({ pathname }: URL): number => {
  const database = /^\/?(\d{0,5})$/.exec(pathname)?.[1]
  if (database !== undefined) return Number(database)
  throw fault('has a path that is not the number of a database. Write /0, or leave it out.')
}

const parse = (text: string): StateAddress => {
  const scheme = schemeOf(text)
  const { isTls = false, isSocket = false } = schemes.get(scheme) ?? {}
  const url = urlOf(text)
  const login = loginOf(url)
  const hostname = unbracketed(url.hostname)
  if (isSocket) {
    const path = decoded(url.pathname)
    if (path.length < 2 || (hostname !== '' && hostname !== 'localhost'))
      throw fault(
        'needs the path of a socket: redis+unix:///run/redis.sock, or redis+unix://:password@localhost/run/redis.sock.',
      )
    return { isTls, hostname, port: 0, path, login, database: 0, withoutLogin: `${scheme}//${path}` }
  }
  if (hostname === '') throw fault(`names no host. Write it like ${example}.`)
  const port = url.port === '' ? usualPort : Number(url.port)
  if (port === 0) throw fault(`has the port 0, on which no server listens. Write it like ${example}.`)
  const database = databaseOf(url)
  const withoutLogin = `${scheme}//${bracketed(hostname)}:${port}/${database}`
  return { isTls, hostname, port, path: undefined, login, database, withoutLogin }
}

/** Whether the setting names a state that servers share. */
export const isShared = (url: Secret | undefined): url is Secret => url !== undefined && !url.equals('memory')

export const hasLogin = (url: Secret | undefined): boolean =>
  url !== undefined && isSecretText('state.url', url.reveal())

/** Throws UsageError for an address that is not valid. Undefined for no shared state. */
export const stateAddressOf = (url: Secret | undefined): StateAddress | undefined =>
  isShared(url) ? parse(url.reveal()) : undefined

/** For users: without the login. */
export const shownStateAddress = (url: Secret): string => {
  if (url.equals('memory')) return 'memory'
  const address = attempt(() => stateAddressOf(url))
  if (address === undefined) return url.masked()
  return address.login === undefined ? address.withoutLogin : `${address.withoutLogin} (with a login)`
}

const longestPrefix = 64

/** Throws UsageError. */
export const checkState = ({ state: { url, prefix } }: Pick<Config, 'state'>): void => {
  stateAddressOf(url)
  if (prefix.length > longestPrefix || !/^[!-~]*$/.test(prefix))
    throw new UsageError(
      `state.prefix has a space or a special character, or more than ${longestPrefix} characters. Change it.`,
    )
}
