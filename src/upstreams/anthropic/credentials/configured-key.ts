import { GatewayError } from '../../../base/errors.ts'
import type { Secret } from '../../../base/secret.ts'
import type { CredentialChoice, Credentials } from './credential.ts'

/** The configured key for every request (AU-K3). */
export const createConfiguredKey = (key: Secret | undefined): Credentials => ({
  async choose(): Promise<CredentialChoice> {
    if (key === undefined) throw new GatewayError('authentication_error', 'No credential for Anthropic.')
    return {
      credential: { kind: 'configured', header: 'x-api-key', secret: key, betas: [] },
      afterFailure: async () => undefined,
    }
  },
})
