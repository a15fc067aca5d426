const cleanups: (() => Promise<void>)[] = []

/** Runs `cleanup` after the test, also if the test fails. */
export const afterTest = (cleanup: () => Promise<void> | void): void => {
  cleanups.push(async () => cleanup())
}

/** Runs the cleanups in reverse order. */
export const cleanUp = async (): Promise<void> => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
}
