/**
 * ONNX Runtime's builds for Linux, from 1.30 on, report to Microsoft unless told not to: a process that scores writes a device id and a
 * database below ~/.cache, a log below /tmp, and looks up an event host. It asks the environment once, as its library is loaded, so
 * this module is imported before it. Not for a worker thread: the environment there is a copy that no library sees.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';
