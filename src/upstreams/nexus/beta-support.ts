/**
 * Which beta flags a model accepts. Bedrock refuses the whole list (`invalid beta flag`) without naming the flag: later
 * requests send half of the suspects each, until the refused flag is known. `onRefused` is called once for each refused
 * flag.
 */
export const createBetaSupport = (onRefused: (flag: string) => void) => {
  const accepted = new Set<string>()
  const refused = new Set<string>()
  let suspects: readonly string[] = []
  let waiting: readonly string[] = []

  const narrowTo = (flags: readonly string[]): void => {
    const [only, ...others] = flags
    if (others.length > 0) {
      waiting = [...waiting, ...suspects].filter((flag) => !flags.includes(flag) && !accepted.has(flag))
      suspects = flags
      return
    }
    suspects = []
    waiting = []
    if (only === undefined || refused.has(only)) return
    refused.add(only)
    onRefused(only)
  }

  return {
    /** Flags that are known to be refused. */
    refused: (): readonly string[] => [...refused],
    /** Flags of which at least one was refused. */
    suspects: () => suspects,
    /** Flags not sent until the suspects are decided, so that a refusal is only about the suspects. */
    waiting: () => waiting,
    /** The flags of a refused list that may be the reason: those that no accepted request had. */
    suspectsIn(flags: readonly string[]): readonly string[] {
      const unknown = flags.filter((flag) => !accepted.has(flag))
      // All were accepted before: that knowledge is outdated.
      return unknown.length > 0 ? unknown : flags
    },
    /** A request with these flags succeeded. */
    accept(flags: readonly string[]): void {
      for (const flag of flags) accepted.add(flag)
      if (suspects.length > 0) narrowTo(suspects.filter((flag) => !accepted.has(flag)))
    },
    /** A request was refused for at least one of these suspects. */
    suspect(flags: readonly string[]): void {
      // A request that was sent before a flag was found says nothing new.
      if (flags.some((flag) => refused.has(flag))) return
      for (const flag of flags) accepted.delete(flag)
      narrowTo(flags)
    },
  }
}
