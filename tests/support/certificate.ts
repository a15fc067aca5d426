import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './cli.ts'

/** Certificates of this moment, made with openssl. */

const openssl = (folder: string, ...args: readonly string[]): void => {
  const { exitCode, stderr } = Bun.spawnSync(['openssl', ...args], { cwd: folder, stderr: 'pipe' })
  if (exitCode !== 0) throw new Error(`openssl ${args[0]} failed: ${stderr.toString()}`)
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

export interface TestCertificate {
  /** Paths. */
  readonly cert: string
  readonly key: string
}

interface CertificateOptions {
  readonly days?: number
  /** `DNS:gateway.example`, `IP:127.0.0.1`. */
  readonly names?: readonly string[]
  /** Whether it may sign others. */
  readonly isAuthority?: boolean
}

/** A certificate that is its own root. */
export const selfSignedCertificate = ({
  days = 30,
  names = ['DNS:localhost', 'IP:127.0.0.1'],
  isAuthority = false,
}: CertificateOptions = {}): TestCertificate => {
  const folder = temporaryFolder()
  const extensions = [
    `subjectAltName=${names.join(',')}`,
    `basicConstraints=critical,CA:${isAuthority ? 'TRUE' : 'FALSE'}`,
  ]
  const subject = ['-subj', '/CN=test', ...extensions.flatMap((extension) => ['-addext', extension])]
  openssl(
    folder,
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'key.pem',
    '-out',
    'cert.pem',
    '-days',
    String(days),
    ...subject,
  )
  return { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
}

/** A certificate of a company's own authority. */
export const issuedCertificate = ({
  days = 30,
  names = ['DNS:gateway.example'],
}: CertificateOptions = {}): TestCertificate & { readonly root: string } => {
  const root = selfSignedCertificate({ isAuthority: true })
  const folder = temporaryFolder()
  openssl(folder, 'req', ...newKey, '-keyout', 'key.pem', '-out', 'request.pem', '-subj', '/CN=gateway')
  const { cert, key } = root
  const extensions = join(folder, 'extensions')
  writeFileSync(extensions, `subjectAltName=${names.join(',')}`)
  const by = ['-CA', cert, '-CAkey', key, '-set_serial', '1', '-days', String(days), '-extfile', extensions]
  openssl(folder, 'x509', '-req', '-in', 'request.pem', '-out', 'cert.pem', ...by)
  return { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem'), root: cert }
}
