import { forwardsClientKeys, hasOtherCredentials } from '../../config/client-keys.ts'
import type { Config } from '../../config/load.ts'
import type { ChosenModels, SetUp } from '../config/set-up.ts'

export interface OwnKeySetUp extends Pick<ChosenModels, 'loaded'>, Pick<Partial<SetUp>, 'isSimulated'> {
  /** The server runs with another environment, perhaps of another user. */
  readonly isElsewhere?: true
}

/** Whether the upstream gets only the credentials that clients send, because the server has none (AU-0f). */
export const needsClientKey = (setUp: OwnKeySetUp, config: Config): boolean => {
  const { loaded, isSimulated = false, isElsewhere = false } = setUp
  const source = loaded.sources.get('anthropic.apiKey')
  // Claude Code reads this variable, too: in a client's environment, it is the client's own key.
  const hasKey = source !== undefined && !(isElsewhere && source === 'ANTHROPIC_API_KEY')
  const hasCredential = isSimulated || hasKey || hasOtherCredentials(config)
  return config.upstream === 'anthropic' && forwardsClientKeys(config) && !hasCredential
}
