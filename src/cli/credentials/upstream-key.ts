import type { Logger } from '../../base/logger.ts'
import { Secret } from '../../base/secret.ts'
import { UsageError } from '../../base/usage-error.ts'
import { findSetting } from '../../config/settings/setting-names.ts'
import { InputText, toValue } from '../../config/values.ts'
import { createRenewableKey, type UpstreamKey } from '../../upstreams/renewable-key.ts'
import type { CommandConfig } from '../config/config-input.ts'
import type { Io } from '../terminal/io.ts'
import { runKeyHelper } from './key-helper.ts'

const millisecondsPerSecond = 1000

/** The key for the upstream. If a helper printed it, the helper runs again when the key is refused or too old. */
export const upstreamKey = (
  { keyHelper, config }: Pick<CommandConfig, 'keyHelper' | 'config'>,
  first: Secret,
  log: Logger,
  io: Pick<Io, 'machine' | 'times'>,
): UpstreamKey => {
  if (keyHelper === undefined) return first
  const { apiKeyCommandMaxAge: maxAge } = config
  return createRenewableKey({
    first,
    async fetchKey() {
      try {
        const printed = await runKeyHelper(keyHelper, io)
        const key = new Secret(
          String(toValue(findSetting('apiKey'), new InputText(printed), `The output of ${keyHelper.where}`)),
        )
        log.info('key.helper_ran', {})
        return key
      } catch (error) {
        // Our own sentence, without any of the helper's output.
        log.warn('key.helper_failed', { reason: error instanceof UsageError ? error.message : undefined })
        throw error
      }
    },
    maxAgeMs: maxAge === undefined ? undefined : maxAge * millisecondsPerSecond,
    now: () => performance.now(),
  })
}
