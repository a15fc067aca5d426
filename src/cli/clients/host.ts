import type { Config } from '../../config/load.ts'
import { type Machine, settingPath } from '../../config/paths.ts'
import { certifiedHost } from '../tls/certified-host.ts'
import { readCertificateFile } from '../tls/server-certificate.ts'

const usualName = '127.0.0.1'
const otherName = 'localhost'
const hostsOfUsualName: readonly string[] = [usualName, '0.0.0.0', '::']

/**
 * A file of credentials counts only for the name in the address; `localhost` and `127.0.0.1` reach the same server, so
 * the name that has a file is used.
 */
const hostWithFile = async ({ upstream, anthropic, host }: Config, port: number, machine: Machine): Promise<string> => {
  if (upstream !== 'anthropic' || anthropic.credentialsDir === undefined) return host
  if (!hostsOfUsualName.includes(host)) return host
  const { listDomainFiles } = await import('../../upstreams/anthropic/credentials/domain-list.ts')
  const { files } = await listDomainFiles(settingPath(machine, anthropic.credentialsDir))
  const hasFile = (name: string): boolean => files.some(({ domain }) => domain === name || domain === `${name}:${port}`)
  return !hasFile(usualName) && hasFile(otherName) ? otherName : host
}

/** The server as clients on this machine must address it. */
export interface LaunchTarget {
  readonly host: string
  /** The file of a certificate that clients trust only if they get it; undefined for any other (OP-W4). */
  readonly ownRoot?: string
  /** The file of a certificate that may sign others. Codex does not accept it as a server's own. */
  readonly authority?: string
}

/** Rejects with UsageError if the certificate cannot be read. */
export const launchTarget = async (
  config: Config,
  port: number,
  { machine, isSimulated }: { readonly machine: Machine; readonly isSimulated?: boolean | undefined },
): Promise<LaunchTarget> => {
  const certificate = await readCertificateFile(config, machine)
  if (certificate === undefined) return { host: isSimulated ? config.host : await hostWithFile(config, port, machine) }
  const host = certifiedHost(certificate, config.host)
  const { path, isSelfSigned, leaf } = certificate
  return { host, ...(isSelfSigned && { ownRoot: path }), ...(leaf.ca && { authority: path }) }
}

/** The variable with which a client trusts one more certificate. */
type TrustVariable = 'NODE_EXTRA_CA_CERTS' | 'CODEX_CA_CERTIFICATE'

/** Lets a client trust the server's own certificate. A file that the user already names stays: there can be only one. */
export const trustFor = (
  { ownRoot }: LaunchTarget,
  variable: TrustVariable,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly set: Readonly<Record<string, string>>; readonly notes: readonly string[] } => {
  const existing = environment[variable]
  if (ownRoot === undefined || existing === ownRoot) return { set: {}, notes: [] }
  if (!existing) return { set: { [variable]: ownRoot }, notes: [] }
  const note = `The certificate of this server is self-signed. Add ${ownRoot} to the file of ${variable}: ${existing}.`
  return { set: {}, notes: [note] }
}
