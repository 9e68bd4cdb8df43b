import Execution
import Reporting
import Testing

@Suite("how far a transfer has come") struct TransferTextTests {
  private func text(_ done: Int64, _ total: Int64?, moved: Int64, _ seconds: Double) -> String {
    TransferText.progress(
      Transfer(.download, "image debian", done: done, total: total), moved: moved, seconds: seconds)
  }

  @Test("bytes, percentage, rate and time left")
  func progress() {
    #expect(
      text(512 << 20, 2 << 30, moved: 512 << 20, 4)
        == "512.0 MiB of 2.0 GiB, 25%, 128.0 MiB/s, 0:12 left")
    // What an earlier run has fetched tells nothing of the rate.
    #expect(
      text(1 << 30, 2 << 30, moved: 1 << 20, 1)
        == "1.0 GiB of 2.0 GiB, 50%, 1.0 MiB/s, 17:04 left")
    #expect(text(1 << 40, 2 << 40, moved: 1 << 30, 1).hasSuffix("1.0 GiB/s, 17:04 left"))
  }

  @Test("what is not known is left out")
  func unknown() {
    #expect(text(1000, nil, moved: 1000, 1) == "1000 B, 1000 B/s")
    #expect(text(0, 5000, moved: 0, 0) == "0 B of 4.8 KiB, 0%")
    #expect(text(0, 0, moved: 0, 3) == "0 B")
  }

  @Test("the end tells the whole")
  func end() {
    let transfer = Transfer(.upload, "volume/default/a on kvm-a", done: 3 << 30, total: 3 << 30)
    #expect(
      TransferText.end(transfer, moved: 3 << 30, seconds: 3725)
        == "uploaded volume/default/a on kvm-a: 3.0 GiB in 1:02:05 (844.4 KiB/s)")
  }
}
