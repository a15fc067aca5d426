import { attempt } from '../../base/attempt.ts'
import { type StateAddress, stateAddressOf } from '../../config/state-address.ts'
import { type Check, type Finding, fail, ok, unless, warn } from './check.ts'
import type { DoctorContext } from './context.ts'

/** Checks the Redis that servers share. Only if the configuration has one. */

const evictionRemedy = 'Set maxmemory-policy to noeviction: otherwise Redis forgets budgets when it needs memory.'

const stateFinding = async (address: StateAddress, prefix: string): Promise<Finding> => {
  const { probeRedis } = await import('../state/redis-probe.ts')
  const found = await probeRedis(address, prefix)
  if ('problem' in found) return fail(found.problem, found.remedy, { address: address.withoutLogin })
  const { version, ms, evicts } = found
  const detail = `${address.withoutLogin} works (Redis ${version}, ${ms.toFixed(1)} ms)`
  const data = { address: address.withoutLogin, version, ms }
  return evicts === true ? warn(detail, evictionRemedy, data) : ok(detail, data)
}

export const stateChecks = ({ loaded, isOffline }: DoctorContext): Check[] => {
  if (loaded === undefined) return []
  const { url, prefix } = loaded.config.state
  // The check of the settings reports an address that is not valid.
  const address = attempt(() => stateAddressOf(url))
  if (address === undefined) return []
  const check = { id: 'state', title: 'Redis', run: () => stateFinding(address, prefix) }
  return [unless(() => (isOffline ? '--offline: no requests' : undefined), check)]
}
