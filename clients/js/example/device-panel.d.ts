/** One device: gauges of its newest values, and the last ten minutes of the sensor that was chosen. */
export declare function DevicePanel({ id }: {
    id: string;
}): import("react/jsx-runtime").JSX.Element;
