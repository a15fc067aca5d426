import type { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { attempt } from '../../base/attempt.ts'
import { errorCode } from '../../base/error-code.ts'
import { UsageError } from '../../base/usage-error.ts'
import { withoutMark } from '../../config/jsonc.ts'
import type { Config } from '../../config/load.ts'
import { type Machine, settingPath } from '../../config/paths.ts'

/** Reads and checks the server's own certificate (OP-W4). */

/** The certificate, without its key. */
export interface CertificateFile {
  /** Absolute. */
  readonly path: string
  readonly pem: string
  /** The server's own certificate: the first of the file. */
  readonly leaf: X509Certificate
  /** Whether the file brings its own root: clients do not know that root unless they get the file. */
  readonly isSelfSigned: boolean
}

export interface ServerCertificate extends CertificateFile {
  readonly key: string
}

const read = (path: string, key: string): string => {
  try {
    return withoutMark(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new UsageError(`${key}: cannot read ${path} (${errorCode(error) ?? 'unknown'}).`)
  }
}

const pemBegin = '-----BEGIN CERTIFICATE-----'
const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

/** Loads node's crypto only for servers with HTTPS. Rejects with UsageError for a file without a certificate. */
const readCertificate = async (file: string, machine: Machine): Promise<CertificateFile> => {
  const { X509Certificate } = await import('node:crypto')
  const path = settingPath(machine, file)
  const pem = read(path, 'tls.cert')
  const certificates = (pem.match(pemBlock) ?? []).map((block) => attempt(() => new X509Certificate(block)))
  const [leaf] = certificates
  if (leaf === undefined || certificates.includes(undefined))
    throw new UsageError(`tls.cert: ${path} is not a certificate in the PEM format (-----BEGIN CERTIFICATE-----).`)
  if (pem.split(pemBegin).length - 1 > certificates.length)
    throw new UsageError(`tls.cert: ${path} ends in the middle of a certificate. Write the whole chain into it.`)
  const isSelfSigned = certificates.some((one) => one?.checkIssued(one))
  return { path, pem, leaf, isSelfSigned }
}

/** The certificate that the configuration names; undefined without one. Rejects with UsageError. */
export const readCertificateFile = async (
  { tls }: Pick<Config, 'tls'>,
  machine: Machine,
): Promise<CertificateFile | undefined> => (tls.cert === undefined ? undefined : readCertificate(tls.cert, machine))

const day = (date: Date): string => date.toISOString().slice(0, 10)

const checkValidity = ({ path, leaf }: CertificateFile, now: Date): void => {
  const { validFromDate, validToDate } = leaf
  if (validToDate <= now)
    throw new UsageError(`tls.cert: ${path} expired on ${day(validToDate)}. Renew the certificate.`)
  if (validFromDate > now)
    throw new UsageError(
      `tls.cert: ${path} is valid only from ${day(validFromDate)} on. Check the clock of this machine, or the certificate.`,
    )
}

const readKey = async ({ path, leaf }: CertificateFile, file: string, machine: Machine): Promise<string> => {
  const { createPrivateKey } = await import('node:crypto')
  const keyPath = settingPath(machine, file)
  const text = read(keyPath, 'tls.key')
  try {
    if (!leaf.checkPrivateKey(createPrivateKey(text)))
      throw new UsageError(`tls.key: ${keyPath} is not the key of the certificate in ${path}.`)
    return text
  } catch (error) {
    if (error instanceof UsageError) throw error
    if (errorCode(error) === 'ERR_MISSING_PASSPHRASE')
      throw new UsageError(
        `tls.key: ${keyPath} is encrypted. Store the key without a passphrase: openssl pkey -in KEY -out FILE.`,
      )
    if (errorCode(error) === 'ERR_OSSL_EVP_UNSUPPORTED_ALGORITHM')
      throw new UsageError(
        `tls.key: ${keyPath} is of a kind that this program does not support. Use a key of RSA, or of the curve P-256.`,
      )
    throw new UsageError(`tls.key: ${keyPath} is not a private key in the PEM format (-----BEGIN PRIVATE KEY-----).`)
  }
}

/**
 * The certificate and the key of the configuration; undefined for a server without HTTPS. Rejects with UsageError if one
 * of them is missing, unreadable or not valid, or if the certificate is not valid now.
 */
export const readServerCertificate = async (
  config: Pick<Config, 'tls'>,
  machine: Machine,
  now = new Date(),
): Promise<ServerCertificate | undefined> => {
  const { cert, key } = config.tls
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined) throw new UsageError('tls.key is set without tls.cert. Set both: --tls-cert and --tls-key.')
  if (key === undefined) throw new UsageError('tls.cert is set without tls.key. Set both: --tls-cert and --tls-key.')
  const file = await readCertificate(cert, machine)
  checkValidity(file, now)
  return { ...file, key: await readKey(file, key, machine) }
}
