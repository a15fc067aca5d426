import { ipText } from '../../base/ip-range.ts'
import { isEverywhere, isLoopbackHost } from '../../base/loopback.ts'
import type { CertificateFile } from './server-certificate.ts'

/** The first name of a certificate that is not a pattern, or else its first address. */
const firstName = (names: string): string | undefined =>
  /(?:^|, )DNS:([a-z0-9.-]+)/i.exec(names)?.[1] ?? /(?:^|, )IP Address:([\da-f.:]+)/i.exec(names)?.[1]

/** The name under which clients on this machine reach a server with this certificate, bound to this address. */
export const certifiedHost = ({ leaf }: Pick<CertificateFile, 'leaf'>, host: string): string => {
  const isHere = isEverywhere(host) || isLoopbackHost(host)
  const names = [isEverywhere(host) ? '127.0.0.1' : host, ...(isHere ? ['localhost'] : [])]
  const isCovered = (name: string): boolean =>
    (ipText(name) === undefined ? leaf.checkHost(name) : leaf.checkIP(name)) !== undefined
  return names.find(isCovered) ?? firstName(leaf.subjectAltName ?? '') ?? host
}
