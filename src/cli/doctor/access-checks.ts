import { contains } from '../../base/ip-range.ts'
import { UsageError } from '../../base/usage-error.ts'
import type { Config } from '../../config/load.ts'
import { networkOf } from '../../config/network.ts'
import type { Machine } from '../../config/paths.ts'
import { daysLeft, soonDays } from '../tls/certificate-check.ts'
import { readServerCertificate } from '../tls/server-certificate.ts'
import { type Check, type Finding, failWith, ok, warn } from './check.ts'

/** Checks how other machines reach the server. Only what the configuration uses. */

/** Runs the check; an error of the configuration is a finding. */
const finding = async (check: () => Finding | Promise<Finding>): Promise<Finding> => {
  try {
    return await check()
  } catch (error) {
    if (error instanceof UsageError) return failWith(error.message)
    throw error
  }
}

const makeAnother = 'For Codex, make one with the extension basicConstraints=CA:FALSE.'

const httpsFinding = async (config: Config, machine: Machine): Promise<Finding> => {
  const certificate = await readServerCertificate(config, machine)
  if (certificate === undefined) return ok('off')
  const { path, leaf } = certificate
  const days = daysLeft(certificate, Date.now())
  const names = leaf.subjectAltName ?? leaf.subject
  const data = { validTo: leaf.validToDate.toISOString(), daysLeft: days, names, selfSigned: certificate.isSelfSigned }
  const detail = `${path} is valid for ${days} more days, for ${names}`
  if (leaf.ca) return warn(`${detail}; Codex does not accept the certificate of an authority`, makeAnother, data)
  return days < soonDays ? warn(detail, 'Renew the certificate, and restart the server.', data) : ok(detail, data)
}

/** Addresses on the internet, for a range that contains all of it. */
const publicAddresses = ['8.8.8.8', '193.0.0.1', '2600::1']

const proxiesFinding = (config: Config): Finding => {
  const { trustedProxies } = networkOf(config)
  const { trustProxy, allowedHosts } = config
  const data = { trustProxy: trustProxy.join(','), allowedHosts: allowedHosts.join(',') }
  const hosts = allowedHosts.length === 0 ? 'any host' : `the hosts ${allowedHosts.join(', ')}`
  const detail = `trusts ${trustProxy.length === 0 ? 'no proxy' : trustProxy.join(', ')}, and answers for ${hosts}`
  const isOpen = publicAddresses.some((address) => trustedProxies.some((range) => contains(range, address)))
  if (!isOpen) return ok(detail, data)
  const remedy = 'A client in this range can name any address as its own. List only the addresses of your proxies.'
  return warn(detail, remedy, data)
}

/** No checks for a server that has neither HTTPS nor proxies. */
export const accessChecks = (config: Config | undefined, machine: Machine): Check[] => {
  if (config === undefined) return []
  const { tls, trustProxy, allowedHosts } = config
  const hasTls = tls.cert !== undefined || tls.key !== undefined
  const hasProxies = trustProxy.length + allowedHosts.length > 0
  return [
    ...(hasTls ? [{ id: 'https', title: 'HTTPS', run: () => finding(() => httpsFinding(config, machine)) }] : []),
    ...(hasProxies
      ? [{ id: 'proxies', title: 'Trusted proxies', run: () => finding(() => proxiesFinding(config)) }]
      : []),
  ]
}
