import type { Severity } from "../../model/finding.ts";

export interface CatalogueEntry {
  readonly title: string;
  readonly severity: Severity;
  /** English, with named arguments in braces. */
  readonly sentence: string;
  /** What it means and how it comes about. */
  readonly about: string;
  /** What can be done, in which class, and why. */
  readonly repair: string;
  /** Issues of the inspected program that it rests on. */
  readonly issues: readonly string[];
}
