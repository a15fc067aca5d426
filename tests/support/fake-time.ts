import { jest } from 'bun:test'

/** Until `act` is done, timers run only by `jest.advanceTimersByTime`. */
export const inFakeTime = async (act: () => Promise<void> | void): Promise<void> => {
  jest.useFakeTimers()
  try {
    await act()
  } finally {
    jest.useRealTimers()
  }
}
