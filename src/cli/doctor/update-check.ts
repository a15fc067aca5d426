import { existsSync } from 'node:fs'
import { toGatewayError } from '../../base/errors.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import { readCapped } from '../../base/read-capped.ts'
import { toConnectionError } from '../../upstreams/http/connection-errors.ts'
import { homepage, version } from '../../version.ts'
import { proxyOnTheWay } from '../system/proxy.ts'
import { type Check, type Finding, info, ok, skip, warn } from './check.ts'
import type { DoctorContext } from './context.ts'
import { upgradeLine } from './upgrade-line.ts'

/** Checks for a newer release, only with --check-updates: one request, with no data about the user. */

/** Redirects to the page of the newest release, whose URL ends in its version. */
const releasePage = `${homepage}/releases/latest`

/** Names another page, such as a company's mirror. Its response may also be only the version. */
const variable = 'NEXUS_UPDATES_URL'

const deadlineMs = 5000
/** A version is shorter; a longer page is something else. */
const maximumResponseBytes = 64

const versionAtEnd = /(?:^|\/)v?(\d{1,6}\.\d{1,6}\.\d{1,6}(?:-[\w.-]{1,40})?)\/?$/

const updatesUrl = ({ io, loaded }: DoctorContext): string => {
  const environment = loaded?.environment ?? io.machine.environment
  return environment[variable]?.trim() || releasePage
}

/** Reads the version at the end of the redirect's URL, or of the body. */
const versionOf = async (response: Response): Promise<string | undefined> => {
  const words =
    response.headers.get('location') ?? (response.ok ? await readCapped(response, maximumResponseBytes) : '')
  return versionAtEnd.exec(words.trim())?.[1]
}

interface ReleaseResponse {
  readonly newest: string | undefined
  readonly status: number
}

const fetchRelease = async (url: URL, proxy: string | undefined): Promise<ReleaseResponse> => {
  const options: object = {
    redirect: 'manual',
    // Bun would send its own name and version.
    headers: { 'user-agent': '', accept: '*/*' },
    signal: AbortSignal.timeout(deadlineMs),
    ...(isLoopbackHost(url.hostname) && { proxy: false }),
  }
  try {
    const response = await fetch(url, options)
    const newest = await versionOf(response)
    if (!response.bodyUsed) await response.body?.cancel()
    return { newest, status: response.status }
  } catch (error) {
    throw toConnectionError(error, { host: url.host, isPlain: url.protocol === 'http:', proxy })
  }
}

const unknown = (why: string): Finding => info(`not known: ${why}`, { version, newest: null })

const findUpdate = async (context: DoctorContext): Promise<Finding> => {
  if (context.isOffline) return skip('--offline: no requests')
  const text = updatesUrl(context)
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '')
    return warn(`${variable} is not a valid URL`, 'Set it to https://host/path, without a user name and a password.')
  const { machine, ownCommand } = context.io
  try {
    const { newest, status } = await fetchRelease(url, proxyOnTheWay(machine.environment, url.href))
    if (newest === undefined) return unknown(`${url.host} names no release (status ${status})`)
    const data = { version, newest }
    if (Bun.semver.order(version, newest) >= 0) return ok(`${version}; the newest release is ${newest}`, data)
    return warn(`${newest} is available; this is ${version}`, upgradeLine(ownCommand, existsSync), data)
  } catch (error) {
    const isLate = error instanceof Error && error.cause instanceof Error && error.cause.name === 'TimeoutError'
    if (isLate) return unknown(`${url.host} did not answer within ${deadlineMs / 1000} s`)
    return unknown(toGatewayError(error).message)
  }
}

/** No check without the flag: the program never phones home. */
export const updateChecks = (context: DoctorContext): Check[] =>
  context.flags['check-updates'] === true
    ? [{ id: 'program.update', title: 'Newer release', run: () => findUpdate(context) }]
    : []
