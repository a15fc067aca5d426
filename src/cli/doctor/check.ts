/** The checks of doctor, and their findings. */

/** `info` is neither good nor bad. `skip`: the check did not run, and its detail gives the reason. */
export type Status = 'ok' | 'warn' | 'fail' | 'info' | 'skip'

/** For scripts: flat, and never a secret. */
type Facts = Readonly<Record<string, string | number | boolean | null>>

export interface Finding {
  readonly status: Status
  /** For the user; one line for each fact. */
  readonly detail: string
  /** The user's next step. */
  readonly remedy?: string
  readonly data?: Facts
}

export interface CheckResult extends Finding {
  /** Stable: scripts depend on it. */
  readonly id: string
  /** A few words, for the user. */
  readonly title: string
}

export interface Check extends Pick<CheckResult, 'id' | 'title'> {
  /** Must not throw for an error in the setup: that is a finding. */
  readonly run: () => Finding | Promise<Finding>
}

/** Skips the check if `reason` returns one. */
export const unless = (reason: () => string | undefined | Promise<string | undefined>, check: Check): Check => ({
  ...check,
  async run() {
    const why = await reason()
    return why === undefined ? check.run() : skip(why)
  },
})

export interface CheckGroup {
  readonly title: string
  readonly checks: readonly Check[]
}

export const ok = (detail: string, data?: Facts): Finding => ({ status: 'ok', detail, ...(data && { data }) })
export const info = (detail: string, data?: Facts): Finding => ({ status: 'info', detail, ...(data && { data }) })
export const skip = (detail: string): Finding => ({ status: 'skip', detail })

const problem =
  (status: 'warn' | 'fail') =>
  (detail: string, remedy?: string, data?: Facts): Finding => ({
    status,
    detail,
    ...(remedy !== undefined && remedy !== '' && { remedy }),
    ...(data && { data }),
  })
export const warn = problem('warn')
export const fail = problem('fail')

/** Matches the end of a sentence that another sentence follows. */
const firstStop = /[.?]\s+(?=[A-Z{])/

/** Splits one of our own messages: the first sentence is the problem, the rest is the remedy. */
export const splitRemedy = (message: string): { readonly detail: string; readonly remedy: string } => {
  const stop = firstStop.exec(message)
  if (stop === null) return { detail: message, remedy: '' }
  const end = stop.index + 1
  return { detail: message.slice(0, end), remedy: message.slice(end).trim() }
}

/** Makes a failed check from one of our own messages. */
export const failWith = (message: string): Finding => {
  const { detail, remedy } = splitRemedy(message)
  return fail(detail, remedy)
}
