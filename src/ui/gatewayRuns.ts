// What is refused because a gateway runs, with the way around it.
import { UserError } from "../model/userError.ts";

export interface WayAround {
  readonly title: string;
  run(): Promise<void>;
}

export class GatewayRuns extends UserError {
  readonly stateDir: string;
  /** Beside stopping it. */
  readonly way: WayAround | undefined;

  /** @param stateDir the one that the gateway serves */
  constructor(message: string, stateDir: string, way?: WayAround) {
    super(message);
    this.stateDir = stateDir;
    this.way = way;
  }
}

/** Gives what `act` gives; what it refuses because a gateway runs is refused with this way around it. */
export async function withWayAround<T>(way: WayAround | undefined, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof GatewayRuns) || way === undefined) throw error;
    throw new GatewayRuns(error.message, error.stateDir, way);
  }
}
