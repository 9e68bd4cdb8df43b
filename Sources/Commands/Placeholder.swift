public enum Virtspec { public static func main() async {} }
