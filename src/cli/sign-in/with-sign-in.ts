import { randomToken } from '../../base/ids.ts'
import { Secret } from '../../base/secret.ts'
import { hasGate } from '../../config/client-tokens.ts'
import { checkSignIn } from '../../config/sign-in.ts'
import type { SetUp } from '../config/set-up.ts'

/**
 * With sign-in, each client needs a token. Without one in the configuration, this run of the server has its own, so
 * that the printed launch lines work (SI-T1). Throws UsageError for settings with which clients cannot sign in.
 */
export const withSignIn = (setUp: SetUp): SetUp => {
  const { config } = setUp.loaded
  if (!config.signIn.enabled) return setUp
  checkSignIn(config)
  if (hasGate(config)) return setUp
  return { ...setUp, loaded: { ...setUp.loaded, config: { ...config, clientToken: new Secret(randomToken()) } } }
}
