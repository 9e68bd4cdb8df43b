import Model
import Testing

@Suite("The nearest word")
struct NearestTests {
  private let names = ["host", "hosts", "memory", "cpus", "interfaces", "autostart"]

  @Test(
    "misspelt words find what was meant",
    arguments: [
      ("memmory", "memory"), ("memroy", "memory"), ("meory", "memory"), ("cpu", "cpus"),
      ("Host", "host"), ("hsot", "host"), ("interface", "interfaces"), ("autoStart", "autostart"),
    ])
  func found(_ text: String, _ word: String) {
    #expect(Nearest.word(to: text, among: names) == word)
  }

  @Test("words that are too far away find nothing", arguments: ["", "wibble", "network", "xyz"])
  func notFound(_ text: String) {
    #expect(Nearest.word(to: text, among: names) == nil)
  }

  @Test("of equally near words the first counts, and of none there is none")
  func ties() {
    #expect(Nearest.word(to: "vdx", among: ["vda", "vdb"]) == "vda")
    #expect(Nearest.word(to: "vdx", among: ["vdb", "vda"]) == "vdb")
    #expect(Nearest.word(to: "vdx", among: []) == nil)
  }

  @Test("a swap of neighbours counts once")
  func swap() {
    // Three letters allow one edit.
    #expect(Nearest.word(to: "dva", among: ["vda"]) == "vda")
    #expect(Nearest.word(to: "adv", among: ["vda"]) == nil)
  }

  @Test("words of any length end in time")
  func long() {
    let long = String(repeating: "x", count: 1_000_000)
    #expect(Nearest.word(to: long, among: names) == nil)
  }
}
