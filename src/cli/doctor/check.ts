/** What doctor finds out, one check at a time. */

/** `info` is neither good nor bad; `skip` could not be looked at, and says why. */
export type Status = 'ok' | 'warn' | 'fail' | 'info' | 'skip'

/** For scripts: flat, and never a secret. */
type Facts = Readonly<Record<string, string | number | boolean | null>>

export interface Finding {
  readonly status: Status
  /** For people; several lines where there are several things to say. */
  readonly detail: string
  /** What to do about it. */
  readonly remedy?: string
  readonly data?: Facts
}

export interface CheckResult extends Finding {
  /** Stable: scripts look for it. */
  readonly id: string
  /** A few words, for people. */
  readonly title: string
}

export interface Check extends Pick<CheckResult, 'id' | 'title'> {
  /** Must not throw for what is wrong with the set-up: that is a finding. */
  readonly run: () => Finding | Promise<Finding>
}

/** The check, skipped where there is a reason not to look. */
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

const fault =
  (status: 'warn' | 'fail') =>
  (detail: string, remedy?: string, data?: Facts): Finding => ({
    status,
    detail,
    ...(remedy !== undefined && remedy !== '' && { remedy }),
    ...(data && { data }),
  })
export const warn = fault('warn')
export const fail = fault('fail')

/** The end of a sentence in front of another. */
const firstStop = /[.?]\s+(?=[A-Z{])/

/** Our own messages say what is wrong, and then what to do. */
export const splitRemedy = (message: string): { readonly detail: string; readonly remedy: string } => {
  const stop = firstStop.exec(message)
  if (stop === null) return { detail: message, remedy: '' }
  const end = stop.index + 1
  return { detail: message.slice(0, end), remedy: message.slice(end).trim() }
}

/** A message of ours as a failed check. */
export const failWith = (message: string): Finding => {
  const { detail, remedy } = splitRemedy(message)
  return fail(detail, remedy)
}
