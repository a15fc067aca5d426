import { randomId } from '../../base/ids.ts'
import type { Logger } from '../../base/logger.ts'
import { UsageError } from '../../base/usage-error.ts'
import type { Config } from '../../config/load.ts'
import { type StateAddress, stateAddressOf } from '../../config/state-address.ts'
import type { SharedState } from '../../state/shared-state.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'

/** Opens the state that servers share (OP-R). */

const untilThen: Readonly<Record<Config['state']['onOutage'], string>> = {
  local: 'Until Redis works, this server limits by itself.',
  refuse: 'Until Redis works, this server refuses requests with status 529.',
}

/** Rejects with UsageError if only a change of the settings helps. */
const explain = async (address: StateAddress, { state: { prefix, onOutage } }: Config, io: Io): Promise<void> => {
  const { probeRedis } = await import('./redis-probe.ts')
  const found = await probeRedis(address, prefix)
  // It works now: the state tries it again soon, and the log says when.
  if (!('problem' in found)) return
  const { problem, remedy, isLasting } = found
  if (isLasting) throw new UsageError(`${problem} ${remedy}`)
  printer(io).warn(`${problem} ${remedy} ${untilThen[onOutage]}`)
}

/**
 * Undefined without shared state. With `io`, rejects with UsageError for an address, a login or a right that is wrong;
 * Redis itself may come later. Without `io`, each fault is only an outage.
 */
export const openState = async (config: Config, log: Logger, io?: Io): Promise<SharedState | undefined> => {
  const { url, prefix } = config.state
  const address = stateAddressOf(url)
  if (url === undefined || address === undefined) return undefined
  const { createRedisState } = await import('../../state/redis/redis-state.ts')
  const state = createRedisState({ url, prefix, log, now: () => performance.now(), newId: () => randomId('') })
  if ((await state.start()) || io === undefined) return state
  try {
    await explain(address, config, io)
    return state
  } catch (error) {
    await state.end()
    throw error
  }
}
