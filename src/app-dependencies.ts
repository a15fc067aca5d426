import type { CacheAudit } from './gateway/cache-audit/cache-audit.ts'
import type { ProcessFacts } from './gateway/observers/metrics/metrics.ts'
import type { CreateReport } from './gateway/observers/report.ts'
import type { AccessOptions } from './gateway/policy/access.ts'
import type { OtherProcesses } from './gateway/process-work.ts'
import type { RequestObserver } from './gateway/request-record.ts'
import type { ReadTrace } from './gateway/request-trace.ts'
import type { ModelCatalog } from './models/model.ts'
import type { RunSearchCommand } from './search/providers/command.ts'
import type { Shutdown } from './server/http/shutdown.ts'
import type { ServerOptions } from './server/server.ts'
import type { SignInFacts } from './server/sign-in/facts.ts'
import type { SharedState } from './state/shared-state.ts'
import type { UpstreamDependencies } from './upstreams/definition.ts'
import type { CacheUse } from './usage/cache/cache-use.ts'
import type { UsageStore } from './usage/usage-store.ts'

/** What the app gets from its platform. */
export interface AppDependencies
  extends Omit<UpstreamDependencies, 'config' | 'isClientToken' | 'estimateTokens' | 'random' | 'newId' | 'now'>,
    Pick<ServerOptions, 'pid' | 'uptime' | 'pingMs' | 'commitMs' | 'readSetupFile' | 'tlsExpires' | 'adapter'> {
  /** The model for names like `claude`, without family and version. */
  readonly defaultModelId: string
  /** For tests; the default is the upstream's own catalog. */
  readonly catalog?: ModelCatalog
  readonly shutdown?: Shutdown
  /** The file of named clients; absent if the configuration has none (OP-A2). */
  readonly clients?: AccessOptions['clients']
  /** Lets clients sign in; absent if the configuration does not want that, or for a worker. */
  readonly signIn?: SignInFacts
  /** Keeps figures of the requests; absent if the configuration does not want that (OP-H). */
  readonly history?: UsageStore
  /** Counts what the prompt cache did; absent unless it is audited, and for a worker, whose parent counts (CA-A2). */
  readonly cacheUse?: CacheUse
  /** For metrics; absent where the platform has none. */
  readonly processFacts?: ProcessFacts
  /** Shared with other processes; absent if limits and budgets are this process's own (OP-R). */
  readonly state?: SharedState
  /** What the other processes of this server do; absent for a server of one process (OP-K7). */
  readonly others?: OtherProcesses
  /** Made by the platform, such as a report to a collector. */
  readonly reports?: readonly CreateReport[]
  /** Reads the traces of requests; absent if none are sent (OP-O). */
  readonly readTrace?: ReadTrace
  /** Absent if the prompt cache is not audited (CA-S4). */
  readonly cacheAudit?: CacheAudit
  /** In addition to the access log. */
  readonly observers?: readonly RequestObserver[]
  /** Runs the program that searches the web; absent if the configuration names none (WS-43). */
  readonly searchCommand?: RunSearchCommand
  /** Whether the runtime lets no request use what another has opened, such as a signal. */
  readonly isolatesRequests?: boolean
  /** Does the work when the process is idle. */
  readonly defer: (work: () => void) => void
}
