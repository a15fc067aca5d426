import type { Secret } from '../../base/secret.ts'
import type { Credential } from './credentials/credential.ts'

/** The value of the one header that carries the credential (AU-K6). */
const credentialValue = ({ header, secret }: Credential): string =>
  header === 'authorization' ? `Bearer ${secret.reveal()}` : secret.reveal()

/** Flags in their order, each once; unknown ones stay (AU-H2). */
const mergeBetas = (sent: string | undefined, added: readonly string[]): string => {
  const flags = (sent ?? '')
    .split(',')
    .map((flag) => flag.trim())
    .filter((flag) => flag !== '')
  return [...new Set([...flags, ...added])].join(',')
}

/**
 * Creates the function that adds the credential to a request's headers, and then the headers of the configuration
 * (AU-H3). Names are in lower case.
 */
export const createWithCredential = (configured: ReadonlyMap<string, Secret>) => {
  const added = [...configured].map(([name, value]) => [name.toLowerCase(), value] as const)
  return (kept: Readonly<Record<string, string>>, credential: Credential): Record<string, string> => {
    const headers: Record<string, string> = { ...kept, [credential.header]: credentialValue(credential) }
    const betas = mergeBetas(kept['anthropic-beta'], credential.betas)
    if (betas !== '') headers['anthropic-beta'] = betas
    for (const [name, value] of added) headers[name] = value.reveal()
    return headers
  }
}
