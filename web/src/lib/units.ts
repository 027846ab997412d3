// SPDX-License-Identifier: Apache-2.0
// Values in the unit that their reader prefers. What is stored stays as it is: conversion happens where a value is shown, and back
// where one is typed. How it is done comes with `unit-table`, once somebody prefers a unit; until then each is its own.

interface Limits {
  readonly threshold: number;
  readonly clear: number | null;
}

interface Columns {
  readonly length: number;
  readonly mean: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  low: number | null;
  high: number | null;
  average: number | null;
  last: number | null;
}

export interface Converter {
  unit(unit: string): string;
  value(v: number, unit: string): number;
  /** A limit or a distance as it was typed, without what converting it there and back left of it. */
  limit(v: number, unit: string): number;
  distance(v: number, unit: string): number;
  /** Of numbers that were typed in the unit that is shown; they read back as they were typed. */
  readonly stored: Readonly<Record<"limit" | "distance", (v: number, unit: string) => number>>;
  decimals(decimals: number, unit: string): number;
  /** A history, anew. */
  samples<T extends Pick<Columns, "mean" | "min" | "max">>(of: T, unit: string): T;
  /** What is drawn of a series. */
  drawn(of: Columns, unit: string): void;
  limits<T extends Limits>(of: readonly T[], unit: string): readonly T[];
}

/** Null while every value is shown as it is stored. What is shown already stays as it is. */
export let converter: Converter | null = null;

export function setConverter(made: Converter | null): void {
  converter = made;
}

export const shownUnit = (unit: string): string => converter?.unit(unit) ?? unit;

/** Null stays null, and undefined. */
export const toShown = <V extends number | null | undefined>(v: V, unit: string): V => (v == null ? v : (converter?.value(v, unit) ?? v) as V);

/** Of a value that is rounded to so many decimals in its own unit. */
export const shownDecimals = (decimals: number, unit: string): number => converter?.decimals(decimals, unit) ?? decimals;
