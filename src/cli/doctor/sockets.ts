import type { Socket } from 'node:net'
import { setTimeout as resolveAfter } from 'node:timers/promises'
import type { PeerCertificate } from 'node:tls'
import { attempt } from '../../base/attempt.ts'
import { bracketed } from '../../base/brackets.ts'
import { errorCode } from '../../base/error-code.ts'

/**
 * Checks each step of a connection by itself, for doctor's messages: the program sends no requests over these
 * connections. Rejects with the system's own error, or with `ETIMEDOUT` after `stepMs`. Node's modules are loaded on
 * first use: they would cost every other command two milliseconds.
 */

/** The same timeout as for a connection of the program itself. */
export const stepMs = 8000

const timedOut = (): Error => Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })

const within = async <T>(work: Promise<T>): Promise<T> => {
  const over = new AbortController()
  const late = resolveAfter(stepMs, undefined, { signal: over.signal }).then(() => {
    throw timedOut()
  })
  try {
    return await Promise.race([work, late])
  } finally {
    over.abort()
    late.catch(() => {})
  }
}

export interface Target {
  readonly hostname: string
  readonly port: number
}

/** Resolves a name with the system's resolver. */
export const resolveName = async (hostname: string): Promise<string[]> => {
  const { lookup } = await import('node:dns/promises')
  const found = await within(lookup(hostname, { all: true }))
  return [...new Set(found.map(({ address }) => address))]
}

/** Takes a hostname of a URL: URLs normalize every form of an address. */
export const isAddress = (hostname: string): boolean =>
  hostname.includes(':') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(hostname)

/** The caller closes the socket. */
export const openConnection = async ({ hostname, port }: Target): Promise<Socket> => {
  const [{ connect: connectTcp }, { once }] = await Promise.all([import('node:net'), import('node:events')])
  const socket = connectTcp({ host: hostname, port })
  try {
    await within(once(socket, 'connect'))
    socket.on('error', () => {})
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

const longestHead = 16 * 1024

const readHead = (socket: Socket): Promise<string> =>
  new Promise((resolve, reject) => {
    let head = ''
    const finish = (): void => {
      socket.off('data', read)
      resolve(head)
    }
    const read = (chunk: Buffer): void => {
      head += chunk.toString('latin1')
      if (head.includes('\r\n\r\n') || head.length > longestHead) finish()
    }
    socket.on('data', read)
    socket.once('end', finish)
    socket.once('close', finish)
    socket.once('error', reject)
  })

/** Leaves text with an invalid percent sign as it is. */
const decoded = (text: string): string => attempt(() => decodeURIComponent(text)) ?? text

/** Requests a tunnel to the target from a proxy, with the login in the proxy's URL, as fetch does. */
export const openTunnel = async (socket: Socket, target: Target, proxy: URL) => {
  const authority = `${bracketed(target.hostname)}:${target.port}`
  const login = `${decoded(proxy.username)}:${decoded(proxy.password)}`
  const lines = [
    `CONNECT ${authority} HTTP/1.1`,
    `Host: ${authority}`,
    ...(login === ':' ? [] : [`Proxy-Authorization: Basic ${Buffer.from(login).toString('base64')}`]),
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  const head = await within(readHead(socket))
  const status = /^HTTP\/1\.\d (\d{3})/.exec(head)?.[1]
  const offers = [...head.matchAll(/^proxy-authenticate: *(.+?)\r?$/gim)].map(([, offer = '']) => offer)
  return {
    /** Undefined if the response is not HTTP. */
    status: status === undefined ? undefined : Number(status),
    /** The authentication schemes that a 407 offers. */
    signIn: offers.join(', '),
  }
}

/** The certificate that the server presents. */
export interface ShownCertificate {
  readonly protocol: string
  readonly issuer: string
  readonly subject: string
  readonly validTo: Date
  /** The reason why Node does not trust it; the result of fetch decides. */
  readonly untrustedReason: string | undefined
}

type Names = PeerCertificate['issuer']

/** `DigiCert Inc (DigiCert TLS RSA CA)`. */
const nameOf = (names: Names | undefined): string => {
  const [organisation, common] = [names?.O, names?.CN].map((name) => (Array.isArray(name) ? name.join(' ') : name))
  if (organisation && common && organisation !== common) return `${organisation} (${common})`
  return organisation || common || 'an unnamed organization'
}

/** Reads the certificate, trusted or not, and sends no data to the server. */
export const inspectTls = async (socket: Socket, hostname: string): Promise<ShownCertificate> => {
  const { connect: connectTls } = await import('node:tls')
  const secure = connectTls({
    socket,
    ...(isAddress(hostname) ? {} : { servername: hostname }),
    rejectUnauthorized: false,
  })
  try {
    await within(
      new Promise<void>((resolve, reject) => {
        secure.once('secureConnect', resolve)
        secure.once('error', reject)
        secure.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })))
      }),
    )
    const { issuer, subject, valid_to } = secure.getPeerCertificate()
    const untrustedReason: unknown = secure.authorizationError
    const reason = errorCode(untrustedReason) ?? String(untrustedReason ?? 'unknown')
    return {
      protocol: secure.getProtocol() ?? 'TLS',
      issuer: nameOf(issuer),
      subject: nameOf(subject),
      validTo: new Date(valid_to),
      untrustedReason: secure.authorized ? undefined : reason,
    }
  } finally {
    secure.on('error', () => {})
    secure.destroy()
  }
}
