import type { Secret } from '../../base/secret.ts'
import type { SignIn } from '../../gateway/sign-in/sign-in.ts'
import type { ForwardTelemetry } from '../../gateway/sign-in/telemetry-forwarder.ts'

/** What the server knows about sign-in. */
export interface SignInFacts {
  readonly signIn: SignIn
  /** The address that clients use, without a slash at the end. */
  readonly publicUrl: string
  readonly approve: 'terminal' | 'invite'
  /** The secret of the commands: only the user of the server can read its file. */
  readonly admin: Secret
  /** The names of the clients that may use the server; absent if it has no named clients. */
  readonly clientNames?: (() => readonly string[]) | undefined
  /** Absent if the telemetry of clients is thrown away. */
  readonly forwardTelemetry?: ForwardTelemetry | undefined
}
