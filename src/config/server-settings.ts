import { checkAccess } from './client-tokens.ts'
import { checkCors } from './cors.ts'
import { checkLimits } from './limits.ts'
import type { Config } from './load.ts'
import { checkNetwork } from './network.ts'
import { checkReports } from './reports.ts'
import { checkSearch } from './search.ts'
import { checkState } from './state-address.ts'

/** Throws UsageError for settings with which the server does not start. */
export const checkServerSettings = (config: Config): void => {
  checkAccess(config)
  checkCors(config)
  checkNetwork(config)
  checkReports(config)
  checkLimits(config)
  checkState(config)
  checkSearch(config)
}
